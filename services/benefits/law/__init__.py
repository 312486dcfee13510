"""Reads figures and cases, fills worksheets: what the packs of all countries share."""
