// Package blob keeps files: in folders of this machine, or in any store that speaks Amazon S3. Whoever shall send or fetch one gets a
// signed URL and needs nothing else, so that files do not pass through the operations.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/openparley/parley/internal/arn"
)

// Objects are files under a bucket and a key, as in Amazon S3. A file is there as a whole or not at all, and stays when it was
// acknowledged. What asks for a file that is not there fails with fs.ErrNotExist.
type Objects interface {
	// Put stores content, in place of what was there.
	Put(ctx context.Context, bucket, key, contentType string, content []byte) error

	// Write stores what fill writes, in place of what was there, unless fill fails. It calls fill once.
	Write(ctx context.Context, bucket, key, contentType string, fill func(io.Writer) error) error

	// Get opens a file; the caller closes it.
	Get(ctx context.Context, bucket, key string) (io.ReadCloser, error)

	// Stat returns the size of a file in bytes.
	Stat(ctx context.Context, bucket, key string) (size int64, err error)

	// Move gives a file another key, unless there is a file already: then the move was done before, and nothing is touched.
	Move(ctx context.Context, bucket, from, to string) error

	// Delete deletes a file if it is there.
	Delete(ctx context.Context, bucket, key string) error

	// PresignPut returns a URL at which exactly size bytes of that type can be stored with PUT, as long as life lasts, and the headers
	// to send with them. A URL without a host is a path on this server.
	PresignPut(ctx context.Context, bucket, key, contentType string, size int64, life time.Duration) (
		url string, headers map[string]string, err error)

	// PresignGet returns a URL at which a file can be fetched, as long as life lasts. Browsers save it under the name instead of showing
	// it. A URL without a host is a path on this server.
	PresignGet(ctx context.Context, bucket, key, contentType, fileName string, life time.Duration) (url string, err error)
}

// maxKey is how many bytes a key may have, and one of its parts. Source: Amazon S3 user guide, object keys; file systems.
const (
	maxKey  = 1024
	maxPart = 255
)

// check refuses buckets and keys that not every form can keep: parts of a key between slashes are names of files, and none begins with
// a dot.
func check(bucket, key string) error {
	if !arn.IsBucket(bucket) {
		return fmt.Errorf("%q is not the name of a bucket", bucket)
	}
	bad := len(key) > maxKey || !utf8.ValidString(key) || strings.ContainsFunc(key, func(r rune) bool { return r == '\\' || unicode.IsControl(r) })
	for part := range strings.SplitSeq(key, "/") {
		bad = bad || part == "" || part[0] == '.' || len(part) > maxPart
	}
	if bad {
		return fmt.Errorf("%q is not a key", key)
	}
	return nil
}

// errNoFile wraps fs.ErrNotExist with what was asked for.
func errNoFile(bucket, key string) error {
	return fmt.Errorf("%s/%s: %w", bucket, key, fs.ErrNotExist)
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// maxName is how many bytes of a file's name stand in a URL: five characters for each byte in the worst case, and URLs end at 2,000.
// Source: participant-wire sheet, 3.8.
const maxName = 120

// disposition tells a browser to save a file, and how to name it. Source: RFC 6266.
func disposition(fileName string) string {
	return mime.FormatMediaType("attachment", map[string]string{"filename": shorten(plainName(fileName))})
}

// plainName takes out of a name what makes it a path, or a line of its own.
func plainName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r == utf8.RuneError || !unicode.IsGraphic(r) {
			return '_'
		}
		return r
	}, name)
	if strings.Trim(name, ". ") == "" {
		return "file"
	}
	return name
}

// shorten cuts a name to maxName bytes and leaves its ending.
func shorten(name string) string {
	if len(name) <= maxName {
		return name
	}
	ending := path.Ext(name)
	if len(ending) > maxName/2 {
		ending = ""
	}
	stem := name[:maxName-len(ending)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return stem + ending
}
