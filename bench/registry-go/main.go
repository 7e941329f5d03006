// Command registry-go authorizes images as go-containerregistry does, for bench/registry.mjs, which measures
// docker-keyring beside it: it takes one command a line and prints one JSON answer a line, so that the two can take turns.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

type task struct {
	Images      []string `json:"images"`
	Username    string   `json:"username"`
	Password    string   `json:"password"`
	CA          string   `json:"ca"`
	Concurrency int      `json:"concurrency"`
}

type answer struct {
	Millis    float64 `json:"millis"`
	CPUMillis float64 `json:"cpuMillis"`
	Failure   string  `json:"failure,omitempty"`
}

type side struct {
	task
	references []name.Reference
	options    []remote.Option
	puller     *remote.Puller
}

func start(file string) (*side, error) {
	contents, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	s := &side{}
	if err := json.Unmarshal(contents, &s.task); err != nil {
		return nil, err
	}
	for _, image := range s.Images {
		reference, err := name.ParseReference(image)
		if err != nil {
			return nil, err
		}
		s.references = append(s.references, reference)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(s.CA)) {
		return nil, errors.New("no certificate")
	}
	// Connections are kept on both sides, also when nothing else is.
	transport := remote.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	login := authn.FromConfig(authn.AuthConfig{Username: s.Username, Password: s.Password})
	s.options = []remote.Option{remote.WithAuth(login), remote.WithTransport(transport)}
	return s, nil
}

// cold pings, gets a token and asks for the manifest, for each image anew.
func (s *side) cold() error {
	for _, reference := range s.references {
		if _, err := remote.Head(reference, s.options...); err != nil {
			return err
		}
	}
	return nil
}

// prime fills what warm and heads live by.
func (s *side) prime() error {
	puller, err := remote.NewPuller(s.options...)
	if err != nil {
		return err
	}
	s.puller = puller
	return s.warm()
}

// warm asks for the manifest with what is kept, which is how this side finds out that it still may.
func (s *side) warm() error {
	for _, reference := range s.references {
		if _, err := remote.Head(reference, remote.Reuse(s.puller)); err != nil {
			return err
		}
	}
	return nil
}

// heads does what warm does, several at a time.
func (s *side) heads() error {
	var group sync.WaitGroup
	failures := make(chan error, len(s.references))
	queue := make(chan name.Reference)
	for range s.Concurrency {
		group.Go(func() {
			for reference := range queue {
				if _, err := remote.Head(reference, remote.Reuse(s.puller)); err != nil {
					failures <- err
				}
			}
		})
	}
	for _, reference := range s.references {
		queue <- reference
	}
	close(queue)
	group.Wait()
	close(failures)
	return <-failures
}

func (s *side) obey(command string) error {
	switch command {
	case "cold":
		return s.cold()
	case "prime":
		return s.prime()
	case "warm":
		return s.warm()
	case "heads":
		return s.heads()
	}
	return fmt.Errorf("unknown command %q", command)
}

// cpuMillis is what this process has taken of the processors, its own time and the kernel's.
func cpuMillis() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e6
}

func main() {
	s, err := start(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		begin, cpu := time.Now(), cpuMillis()
		err := s.obey(lines.Text())
		given := answer{Millis: float64(time.Since(begin).Microseconds()) / 1000, CPUMillis: cpuMillis() - cpu}
		if err != nil {
			given.Failure = err.Error()
		}
		line, _ := json.Marshal(given)
		fmt.Println(string(line))
	}
}
