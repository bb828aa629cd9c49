# Makes of `dutyline check --default` the settings file of an installed machine.
s|^data_dir = "dutyline-data"$|data_dir = "/var/lib/dutyline"|
s|^#auth_token_file = .*$|auth_token_file = "/run/credentials/dutyline.service/carrier-token"|
