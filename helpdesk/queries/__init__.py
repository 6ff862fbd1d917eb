"""Reading for screens and exports: SQL for one screen, frozen rows, no writes."""
