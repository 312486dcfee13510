"""Social Security Act B.E. 2533 (1990) of Thailand: sickness, maternity, and sickness under section 40."""
