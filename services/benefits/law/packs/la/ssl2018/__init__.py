"""Law on Social Security 54/NA (2018) of Lao PDR: sickness, birth, miscarriage."""
