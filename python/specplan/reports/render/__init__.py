"""What all reports are written with."""
