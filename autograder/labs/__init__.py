"""The rules of the labs: one module a lab, each with a `lab`."""
