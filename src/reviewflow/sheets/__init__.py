"""Spreadsheets: workbooks and CSV files as tables whose cells have addresses."""
