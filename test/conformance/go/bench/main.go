// Command bench measures the kubelet's own BasicDockerKeyring for bench/keyring.mjs, which measures docker-keyring
// beside it: it takes one JSON command a line and prints one JSON answer a line, so that the two can take turns.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"time"

	"k8s.io/kubernetes/pkg/credentialprovider"
	"k8s.io/kubernetes/pkg/util/parsers"
)

type command struct {
	// "load" reads File, "lookup" looks Image up for about Millis milliseconds.
	Do     string `json:"do"`
	File   string `json:"file"`
	Image  string `json:"image"`
	Millis int    `json:"millis"`
}

type answer struct {
	Nanos   float64 `json:"nanos,omitempty"`
	Bytes   uint64  `json:"bytes,omitempty"`
	Found   int     `json:"found"`
	Failure string  `json:"failure,omitempty"`
}

var keyring *credentialprovider.BasicDockerKeyring

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// load does what the kubelet does with a config.json: read, unmarshal, Add.
func load(file string) (answer, error) {
	keyring = nil
	before := heap()
	start := time.Now()
	contents, err := os.ReadFile(file)
	if err != nil {
		return answer{}, err
	}
	var config credentialprovider.DockerConfigJSON
	if err := json.Unmarshal(contents, &config); err != nil {
		return answer{}, err
	}
	built := &credentialprovider.BasicDockerKeyring{}
	built.Add(nil, config.Auths)
	elapsed := time.Since(start)
	keyring = built
	contents, config = nil, credentialprovider.DockerConfigJSON{}
	return answer{Nanos: float64(elapsed.Nanoseconds()), Bytes: heap() - before, Found: -1}, nil
}

// lookup includes the parsing of the image's name, as the kubelet's image manager does.
func lookup(image string, millis int) (answer, error) {
	deadline := time.Duration(millis) * time.Millisecond
	found, rounds := 0, 0
	start := time.Now()
	for batch := 1; time.Since(start) < deadline; batch *= 2 {
		for range batch {
			name, _, _, err := parsers.ParseImageName(image)
			if err != nil {
				return answer{}, err
			}
			credentials, _ := keyring.Lookup(name)
			found = len(credentials)
			rounds++
			if rounds%64 == 0 && time.Since(start) >= deadline {
				break
			}
		}
	}
	return answer{Nanos: float64(time.Since(start).Nanoseconds()) / float64(rounds), Found: found}, nil
}

func run(c command) (answer, error) {
	if c.Do == "load" {
		return load(c.File)
	}
	return lookup(c.Image, c.Millis)
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		var c command
		result, err := answer{}, json.Unmarshal(input.Bytes(), &c)
		if err == nil {
			result, err = run(c)
		}
		if err != nil {
			result.Failure = err.Error()
		}
		line, _ := json.Marshal(result)
		fmt.Println(string(line))
	}
}
