"""What goes between the two processes of an exam: frames of plain data, and questions and answers as such data."""
