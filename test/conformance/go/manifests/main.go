// Command manifests answers what kubectl makes of a text of manifests: base64 of a text a line on standard input, one
// answer a line on standard output.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	kubejson "sigs.k8s.io/json"
)

type answer struct {
	// Documents are as kubectl sends them on; empty ones are left out.
	Documents []json.RawMessage `json:"documents"`
	Error     string            `json:"error,omitempty"`
}

func main() {
	input := bufio.NewReader(os.Stdin)
	output := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(output)
	for {
		line, err := input.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			panic(err)
		}
		text, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(line)))
		if err != nil {
			panic(err)
		}
		if err := encoder.Encode(read(text)); err != nil {
			panic(err)
		}
	}
	if err := output.Flush(); err != nil {
		panic(err)
	}
}

// read is the loop of k8s.io/cli-runtime v0.37.2 pkg/resource/visitor.go, StreamVisitor.Visit, and the decoding of
// unstructured objects behind it.
func read(text []byte) answer {
	documents := []json.RawMessage{}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		ext := runtime.RawExtension{}
		if err := decoder.Decode(&ext); err != nil {
			if err == io.EOF {
				return answer{Documents: documents}
			}
			return answer{Documents: documents, Error: err.Error()}
		}
		ext.Raw = bytes.TrimSpace(ext.Raw)
		if len(ext.Raw) == 0 || bytes.Equal(ext.Raw, []byte("null")) {
			continue
		}
		var value any
		if err := kubejson.UnmarshalCaseSensitivePreserveInts(ext.Raw, &value); err != nil {
			return answer{Documents: documents, Error: err.Error()}
		}
		sent, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		documents = append(documents, sent)
	}
}
