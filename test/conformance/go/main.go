// Answers questions about image pull credentials with the kubelet's own code: one JSON document a line on standard
// input, one answer a line on standard output, in the same order.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"k8s.io/klog/v2"
)

const bufferBytes = 1 << 20

var handlers = map[string]func(line []byte) (any, error){
	"lookup":              handle(lookup),
	"entry":               handle(entry),
	"image":               handle(image),
	"match":               handle(match),
	"default-policy":      handle(defaultPolicy),
	"verification-policy": handle(verificationPolicy),
	"must-attempt-pull":   handle(mustAttemptPull),
}

// handle decodes a case into its own type before it is answered.
func handle[T any](answer func(T) (any, error)) func([]byte) (any, error) {
	return func(line []byte) (any, error) {
		var question T
		if err := json.Unmarshal(line, &question); err != nil {
			return nil, err
		}
		return answer(question)
	}
}

// answerLine fails only where the question itself cannot be understood; the kubelet's errors are answers.
func answerLine(line []byte) (any, error) {
	var question struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(line, &question); err != nil {
		return nil, err
	}
	handler, found := handlers[question.Kind]
	if !found {
		return nil, fmt.Errorf("unknown kind %q", question.Kind)
	}
	return handler(line)
}

func run(input io.Reader, output io.Writer) error {
	reader := bufio.NewReaderSize(input, bufferBytes)
	writer := bufio.NewWriterSize(output, bufferBytes)
	encoder := json.NewEncoder(writer)
	for {
		line, readErr := reader.ReadBytes('\n')
		if len(line) > 0 {
			answer, err := answerLine(line)
			if err != nil {
				return fmt.Errorf("case %s: %w", line, err)
			}
			if err := encoder.Encode(answer); err != nil {
				return err
			}
		}
		// The other side waits for a batch's answers before it sends the next one.
		if reader.Buffered() == 0 || readErr != nil {
			if err := writer.Flush(); err != nil {
				return err
			}
		}
		if errors.Is(readErr, io.EOF) {
			return nil
		}
		if readErr != nil {
			return readErr
		}
	}
}

func main() {
	// The kubelet logs every entry that it ignores.
	klog.SetSlogLogger(slog.New(slog.DiscardHandler))
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
