"""One file a resource. Endpoints only wire: schema in, service, answer out."""
