package blob

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path"
	"runtime"
	"strings"
	"time"

	"github.com/google/uuid"
)

// DiskOptions say how a Disk signs. Secrets and Now are required.
type DiskOptions struct {
	// Secrets sign the URLs: the first signs, all are accepted. At least 32 random bytes each.
	Secrets [][]byte

	// Now is the time by which URLs expire.
	Now func() time.Time

	// Log gets what goes wrong while files are served. None if nil.
	Log *slog.Logger
}

// Disk keeps files in a folder: buckets are folders in it, the parts of a key folders below. Nothing outside of it is reached, whatever
// the keys are and whoever puts links there. It is safe for concurrent use, by several processes too.
type Disk struct {
	root *os.Root
	keys [][]byte
	now  func() time.Time
	log  *slog.Logger
}

// URLPath is below where a Disk serves its files.
const URLPath = "/parley/v1/objects/"

// writing is the folder of files that are not complete yet. No bucket has such a name.
const writing = ".writing"

// abandoned is the age at which an incomplete file is nobody's any more: no upload takes that long.
const abandoned = 24 * time.Hour

// OpenDisk returns the files in a folder, which is made if it is not there.
func OpenDisk(dir string, o DiskOptions) (*Disk, error) {
	if len(o.Secrets) == 0 {
		return nil, errors.New("there is no secret to sign URLs with")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	d := &Disk{root: root, now: o.Now, log: o.Log}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	for _, secret := range o.Secrets {
		h := hmac.New(sha256.New, secret)
		h.Write([]byte("URLs of objects")) // tokens are signed with the same secret
		d.keys = append(d.keys, h.Sum(nil))
	}
	if err := d.sweep(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return d, nil
}

// Close lets go of the folder.
func (d *Disk) Close() error { return d.root.Close() }

// sweep deletes incomplete files that a crash left. Their age is told by a file made now: the folder's clock may not be ours.
func (d *Disk) sweep() error {
	if err := d.makeFolder(writing); err != nil {
		return err
	}
	f, name, err := d.create()
	if err != nil {
		return err
	}
	defer d.root.Remove(name)
	now, err := f.Stat()
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	left, err := fs.ReadDir(d.root.FS(), writing)
	if err != nil {
		return err
	}
	for _, e := range left {
		info, err := e.Info()
		if err == nil && now.ModTime().Sub(info.ModTime()) > abandoned {
			err = d.root.Remove(path.Join(writing, e.Name()))
		}
		if err != nil && !isMissing(err) { // another process may sweep too
			return err
		}
	}
	return nil
}

// Put implements Objects. The type of a file is not kept: whoever fetches it has it from the URL.
func (d *Disk) Put(ctx context.Context, bucket, key, contentType string, content []byte) error {
	return d.Write(ctx, bucket, key, contentType, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// Write implements Objects.
func (d *Disk) Write(_ context.Context, bucket, key, _ string, fill func(io.Writer) error) error {
	if err := check(bucket, key); err != nil {
		return err
	}
	return d.write(bucket, key, fill)
}

// Get implements Objects.
func (d *Disk) Get(_ context.Context, bucket, key string) (io.ReadCloser, error) {
	f, _, err := d.open(bucket, key)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Stat implements Objects.
func (d *Disk) Stat(_ context.Context, bucket, key string) (int64, error) {
	if err := check(bucket, key); err != nil {
		return 0, err
	}
	info, err := d.root.Stat(fileOf(bucket, key))
	switch {
	case isMissing(err) || err == nil && !info.Mode().IsRegular():
		return 0, errNoFile(bucket, key)
	case err != nil:
		return 0, err
	}
	return info.Size(), nil
}

// Move implements Objects.
func (d *Disk) Move(ctx context.Context, bucket, from, to string) error {
	if err := errors.Join(check(bucket, from), check(bucket, to)); err != nil {
		return err
	}
	if _, err := d.Stat(ctx, bucket, to); !isMissing(err) {
		return err
	}
	_, err := d.Stat(ctx, bucket, from) // a folder is no file
	if err == nil {
		err = d.place(fileOf(bucket, from), fileOf(bucket, to))
	}
	if isMissing(err) {
		_, err = d.Stat(ctx, bucket, to) // somebody else may have been faster
		return err
	}
	return errors.Join(err, d.sync(path.Dir(fileOf(bucket, from))))
}

// Delete implements Objects.
func (d *Disk) Delete(_ context.Context, bucket, key string) error {
	if err := check(bucket, key); err != nil {
		return err
	}
	name := fileOf(bucket, key)
	err := d.root.Remove(name)
	if isMissing(err) {
		return nil
	}
	return errors.Join(err, d.sync(path.Dir(name)))
}

// PresignPut implements Objects.
func (d *Disk) PresignPut(_ context.Context, bucket, key, contentType string, size int64, life time.Duration) (
	string, map[string]string, error,
) {
	url, err := d.sign(grant{method: http.MethodPut, bucket: bucket, key: key, contentType: contentType, size: size}, life)
	return url, map[string]string{"Content-Type": contentType}, err
}

// PresignGet implements Objects.
func (d *Disk) PresignGet(_ context.Context, bucket, key, contentType, fileName string, life time.Duration) (string, error) {
	return d.sign(grant{method: http.MethodGet, bucket: bucket, key: key, contentType: contentType, fileName: shorten(fileName)}, life)
}

// fileOf is the file of a key. Windows knows no colons in names; the character in their place is the one that others use there too.
func fileOf(bucket, key string) string {
	if runtime.GOOS == "windows" {
		key = strings.ReplaceAll(key, ":", "\uf03a")
	}
	return path.Join(bucket, key)
}

func (d *Disk) open(bucket, key string) (*os.File, fs.FileInfo, error) {
	if err := check(bucket, key); err != nil {
		return nil, nil, err
	}
	f, err := d.root.Open(fileOf(bucket, key))
	if isMissing(err) {
		return nil, nil, errNoFile(bucket, key)
	}
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNoFile(bucket, key)
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}

// write stores what fill writes, unless it fails. When it returns nil the file survives a loss of power.
func (d *Disk) write(bucket, key string, fill func(io.Writer) error) error {
	f, name, err := d.create()
	if err != nil {
		return err
	}
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = d.place(name, fileOf(bucket, key))
	}
	if err != nil {
		return errors.Join(err, d.root.Remove(name))
	}
	return nil
}

func (d *Disk) create() (f *os.File, name string, err error) {
	name = path.Join(writing, uuid.NewString())
	f, err = d.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	return f, name, err
}

// place gives a complete file its name.
func (d *Disk) place(from, to string) error {
	folder := path.Dir(to)
	if err := d.makeFolder(folder); err != nil {
		return err
	}
	if err := d.root.Rename(from, to); err != nil {
		return err
	}
	return d.sync(folder)
}

// makeFolder makes a folder and those above it, durably.
func (d *Disk) makeFolder(folder string) error {
	if info, err := d.root.Stat(folder); err == nil && info.IsDir() {
		return nil
	}
	parts := strings.Split(folder, "/")
	for i := range parts {
		err := d.root.Mkdir(path.Join(parts[:i+1]...), 0o700)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			err = d.sync(path.Join(append([]string{"."}, parts[:i]...)...))
		}
		if err != nil {
			return fmt.Errorf("make the folder %s: %w", folder, err)
		}
	}
	return nil
}

// sync makes the names in a folder durable.
func (d *Disk) sync(folder string) error {
	if runtime.GOOS == "windows" { // it has no such call, and does not need it
		return nil
	}
	f, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
