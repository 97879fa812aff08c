"""Thailand: a simulated national format, ebMS 2.0 SOAP with Buddhist-era years."""
