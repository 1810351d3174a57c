"""What makes the book from the library: pages, drawings, search; `extension` connects it to Sphinx."""
