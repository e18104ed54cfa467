"""What scenarios are written with. Each module is one thing a scenario can touch."""
