"""Recorders: where the journal is stored. One module per database, behind one interface."""
