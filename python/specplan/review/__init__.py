"""What a change of recipes costs: the one question of everybody who reads its pull request."""
