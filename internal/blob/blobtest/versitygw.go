package blobtest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/openparley/parley/internal/blob"
)

// Bucket is there in every store of this package. Key is id and secret of who may use the S3 server.
const (
	Bucket = "parley-test"
	Key    = "parley-key"
)

// S3Options name a real S3 server that ends with the test process: versitygw, which the go command builds once from the module of tools.
func S3Options(t testing.TB) blob.S3Options {
	t.Helper()
	o, err := server()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

var server = sync.OnceValues(func() (blob.S3Options, error) {
	program, err := build()
	if err != nil {
		return blob.S3Options{}, err
	}
	var o blob.S3Options
	for range 3 { // somebody else may take the port first
		if o, err = start(program); err == nil {
			break
		}
	}
	return o, err
})

func build() (string, error) {
	_, file, _, _ := runtime.Caller(0)
	cmd := exec.Command("go", "-C", filepath.Join(filepath.Dir(file), "../../../tools"), "tool", "-n", "versitygw")
	cmd.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0")
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("build versitygw: %w\n%s", err, problems.Bytes())
	}
	return strings.TrimSpace(string(out)), nil
}

// script runs the server for as long as its standard input is open, so that it ends with the test process however that ends.
const script = `
mkdir files meta
mkdir files/"$4"
"$0" --quiet --port "$1" --access "$2" --secret "$3" posix --sidecar "$PWD/meta" files >server.log 2>&1 &
read -r _
kill -KILL $!
wait $!
rm -rf "$PWD"
`

func start(program string) (blob.S3Options, error) {
	dir, err := os.MkdirTemp("", "parley-s3-")
	if err != nil {
		return blob.S3Options{}, err
	}
	address, err := freeAddress()
	if err != nil {
		return blob.S3Options{}, err
	}
	o := blob.S3Options{
		Config: aws.Config{Region: "us-east-1", Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: Key, SecretAccessKey: Key}, nil
		})},
		Endpoint: "http://" + address, PathStyle: true,
	}
	cmd := exec.Command("/bin/sh", "-c", script, program, address, Key, Key, Bucket)
	cmd.Dir = dir
	if _, err := cmd.StdinPipe(); err != nil { // closed by the end of this process
		return o, err
	}
	if err := cmd.Start(); err != nil {
		return o, err
	}
	go func() { _ = cmd.Wait() }()
	store := blob.NewS3(o)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := store.Delete(ctx, Bucket, "nothing")
		if err == nil {
			return o, nil
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(dir, "server.log"))
			return o, fmt.Errorf("versitygw does not start: %w\n%s", err, log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
