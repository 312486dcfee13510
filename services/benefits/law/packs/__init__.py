"""The law of each country: a folder per country, a folder per statute."""
