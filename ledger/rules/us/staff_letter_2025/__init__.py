"""SEC staff letter of 12 March 2025 on verification under rule 506(c)."""
