"""What browsers and machines see of the club. Its rooms bring their frameworks, so import them late."""
