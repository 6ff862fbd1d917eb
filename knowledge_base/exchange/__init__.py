"""The catalogue in staff's hands: written to a file that they edit, read back, and compared.

Pure: bytes and text in and out. `uploads.read_upload` reads a file over the knowledge in force,
`workbook_writing.write_workbook` and `yaml_writing.write_yaml` write one, `differences.differences` says
what changed. Who may upload, and how a change comes into force, is decided elsewhere.
"""
