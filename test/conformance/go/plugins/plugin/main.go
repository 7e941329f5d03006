// A credential-provider plugin that does what the script beside it says, well or badly, and logs how it was started.
package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type behaviour struct {
	// Stdout may hold {{count}}, {{image}} and {{token}}.
	Stdout []byte `json:"stdout"`
	Stderr []byte `json:"stderr"`
	// StdoutFill is how many bytes of blanks follow.
	StdoutFill int `json:"stdoutFill"`
	StderrFill int `json:"stderrFill"`
	Exit       int `json:"exit"`
	// Signal kills it, once it has written.
	Signal  int `json:"signal"`
	DelayMs int `json:"delayMs"`
	// GrandchildMs is how long a program lives that it leaves behind with its standard output.
	GrandchildMs int `json:"grandchildMs"`
}

// script holds what it does at each start, by image or "*"; the last one is repeated.
type script map[string][]behaviour

type start struct {
	Lookup string            `json:"lookup"`
	Args   []string          `json:"args"`
	Env    map[string]string `json:"env"`
	Stdin  []byte            `json:"stdin"`
}

type request struct {
	Image string `json:"image"`
	Token string `json:"serviceAccountToken"`
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// logStart returns how many starts there were before of this program, and of them for this image.
func logStart(path string, one start, image string) (int, int) {
	before, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		panic(err)
	}
	count, ofImage := 0, 0
	for _, line := range bytes.Split(bytes.TrimSpace(before), []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		var earlier start
		check(json.Unmarshal(line, &earlier))
		count++
		if imageOf(earlier.Stdin).Image == image {
			ofImage++
		}
	}
	line, err := json.Marshal(one)
	check(err)
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	check(err)
	_, err = file.Write(append(line, '\n'))
	check(err)
	check(file.Close())
	return count, ofImage
}

func imageOf(stdin []byte) request {
	var asked request
	if len(stdin) > 0 {
		check(json.Unmarshal(stdin, &asked))
	}
	return asked
}

func environment() map[string]string {
	found := map[string]string{}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, "PLUGIN_TEST") {
			found[name] = value
		}
	}
	return found
}

func choose(path string, image string, count int) behaviour {
	text, err := os.ReadFile(path)
	check(err)
	var all script
	check(json.Unmarshal(text, &all))
	list, found := all[image]
	if !found {
		list = all["*"]
	}
	return list[min(count, len(list)-1)]
}

func main() {
	self := os.Args[0]
	var stdin []byte
	_, err := os.Stat(self + ".deaf")
	if os.IsNotExist(err) {
		stdin, err = io.ReadAll(os.Stdin)
		check(err)
	}
	asked := imageOf(stdin)
	one := start{Lookup: os.Getenv("PLUGIN_LOOKUP"), Args: os.Args[1:], Env: environment(), Stdin: stdin}
	count, ofImage := logStart(self+"."+os.Getenv("PLUGIN_SIDE")+".log", one, asked.Image)
	todo := choose(self+".script", asked.Image, ofImage)
	fill := strings.NewReplacer("{{count}}", strconv.Itoa(count), "{{image}}", asked.Image, "{{token}}", asked.Token)
	time.Sleep(time.Duration(todo.DelayMs) * time.Millisecond)
	_, _ = os.Stderr.Write(todo.Stderr)
	_, _ = os.Stderr.Write(bytes.Repeat([]byte("e"), todo.StderrFill))
	_, _ = os.Stdout.WriteString(fill.Replace(string(todo.Stdout)))
	_, _ = os.Stdout.Write(bytes.Repeat([]byte(" "), todo.StdoutFill))
	if todo.GrandchildMs > 0 {
		child := exec.Command("sleep", strconv.FormatFloat(float64(todo.GrandchildMs)/1000, 'f', 3, 64))
		child.Stdout = os.Stdout
		check(child.Start())
	}
	if todo.Signal > 0 {
		check(syscall.Kill(os.Getpid(), syscall.Signal(todo.Signal)))
		time.Sleep(time.Second)
	}
	os.Exit(todo.Exit)
}
