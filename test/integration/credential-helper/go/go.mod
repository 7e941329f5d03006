module example.test/credential-helper

go 1.26

require github.com/docker/docker-credential-helpers v0.9.12
