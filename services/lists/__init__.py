"""The lists that staff edit as sheets (docs/adr/0011-reference-lists.md): how each stands in a spreadsheet, and back."""
