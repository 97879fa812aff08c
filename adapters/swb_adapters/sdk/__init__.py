"""What an integrator installs and reads to write an adapter."""
