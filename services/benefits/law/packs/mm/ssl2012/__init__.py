"""Social Security Law 2012 of Myanmar: sickness, maternity, miscarriage, adoption, paternity."""
