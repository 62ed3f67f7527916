"""How gunicorn runs the web processes: ``gunicorn certification.wsgi --config=python:certification.serving.config``.

What is given on the command line (``--bind``, ``--workers``, ``--threads``) takes the place of what stands here.
"""

worker_class = "certification.serving.worker.PatientWorker"
workers = 2
threads = 8
# The loop of a process turns every second: one that has not for so long is replaced.
timeout = 30
graceful_timeout = 30
# A slow disk stalls no heartbeat.
worker_tmp_dir = "/dev/shm"  # noqa: S108  gunicorn's file there is its own, opened and unlinked at once
# Addresses hold keys of password resets; the platform's own log tells routes instead.
accesslog = None
# What the server says of its errors is written without secrets too.
logger_class = "certification.server_logs.ServerLogger"
control_socket_disable = True
