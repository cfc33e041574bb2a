"""The pages that the API serves: static files, no build step, nothing from anywhere else."""
