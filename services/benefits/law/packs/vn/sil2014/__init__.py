"""Law on Social Insurance 58/2014/QH13 of Viet Nam, from 2016-01-01, with Circular 06/2021 from 2021-09-01."""
