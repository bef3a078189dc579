from . import test_part_statement
