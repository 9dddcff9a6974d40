"""Services: service records, every contact in which an agent served, every ticket, and what was entered by hand."""
