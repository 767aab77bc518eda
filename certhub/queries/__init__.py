"""Reading: every function takes the viewer, and another organization's row does not exist for them."""
