"""What browsers and machines see of the club. FastAPI is imported by the rooms in here, so import them late."""
