package blob_test

import (
	"errors"
	"io"
	"os"
	"runtime"
	"testing"

	"github.com/openparley/parley/internal/blob"
)

// A process that dies while it writes a transcript leaves no copy of it on the machine.
func TestWriteToS3LeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	died := errors.New("died")
	names := func() (n int) {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	err := blob.NewS3(blob.S3Options{}).Write(t.Context(), "bucket", "key", "text/plain", func(w io.Writer) error {
		if _, err := io.WriteString(w, "what was said"); err != nil {
			return err
		}
		if n := names(); n != 0 && runtime.GOOS != "windows" {
			t.Errorf("%d files have a name while they are written", n)
		}
		return died
	})
	if !errors.Is(err, died) {
		t.Errorf("error %v, want %v", err, died)
	}
	if n := names(); n != 0 {
		t.Errorf("%d files are left", n)
	}
}
