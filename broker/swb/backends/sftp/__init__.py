"""SFTP: the doors of a drop folder on a server of the national system; needs the extra ``sftp``."""
