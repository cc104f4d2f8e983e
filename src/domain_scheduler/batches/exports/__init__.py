"""The results of a batch as files: streamed, with the columns of RESULT_COLUMNS, in any of three formats."""
