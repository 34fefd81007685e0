package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/blob"
)

// Storage says where files are kept: what participants send each other, and what is written of ended chats. Buckets are named by the
// instances.
type Storage struct {
	// Folder keeps buckets as folders below it. Default: beside a SQLite file, with ".files" after its name; with a database in memory
	// a temporary one. With PostgreSQL there is no default: the nodes need a folder they share, or S3.
	Folder string `yaml:"folder"`

	// S3 keeps buckets in a store that speaks Amazon S3. They must be there.
	S3 S3 `yaml:"s3"`
}

// S3 is a store that speaks Amazon S3. Anything that is set chooses it.
type S3 struct {
	// Endpoint is its address; empty is Amazon's own. PublicEndpoint is where clients find it, if elsewhere.
	Endpoint       string `yaml:"endpoint"`
	PublicEndpoint string `yaml:"public_endpoint"`

	// Region stands in signatures; default that of the server.
	Region string `yaml:"region"`

	// AccessKeyID and SecretAccessKey are the key to sign with; default what the SDK finds in the environment or on the machine.
	AccessKeyID     string `yaml:"access_key_id"`
	SecretAccessKey string `yaml:"secret_access_key"`

	// PathStyle puts the bucket into the path instead of the host name.
	PathStyle bool `yaml:"path_style"`
}

// Attachments limit the files that participants send.
type Attachments struct {
	// MaxBytes is how large a file may be; default 20 MiB, at most 100 MiB.
	MaxBytes int64 `yaml:"max_bytes"`

	// PerChat is how many files a chat may have; default 35.
	PerChat int `yaml:"per_chat"`

	// Scanner is the function that looks at the files of instances without an integration of type FILE_SCANNER; empty: nobody looks.
	Scanner string `yaml:"scanner"`
}

// Sizes of attachments. Source: connect-chat sheet, 6.2.
const (
	defaultAttachment  = 20 << 20
	largestAttachment  = 100 << 20
	defaultAttachments = 35
)

func (a *Attachments) withDefaults() error {
	if a.MaxBytes == 0 {
		a.MaxBytes = defaultAttachment
	}
	if a.PerChat == 0 {
		a.PerChat = defaultAttachments
	}
	switch {
	case a.MaxBytes < 1 || a.MaxBytes > largestAttachment:
		return fmt.Errorf("attachments.max_bytes: %d is not between 1 and %d", a.MaxBytes, largestAttachment)
	case a.PerChat < 1:
		return fmt.Errorf("attachments.per_chat: %d is less than 1", a.PerChat)
	}
	return nil
}

func (s Storage) check() error {
	if s.S3 == (S3{}) {
		return nil
	}
	if s.Folder != "" {
		return errors.New("storage: there is a folder and S3; choose one")
	}
	if (s.S3.AccessKeyID == "") != (s.S3.SecretAccessKey == "") {
		return errors.New("storage.s3: access_key_id and secret_access_key belong together")
	}
	for name, address := range map[string]string{"endpoint": s.S3.Endpoint, "public_endpoint": s.S3.PublicEndpoint} {
		if u, err := url.Parse(address); address != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
			return fmt.Errorf("storage.s3.%s: %q is not like https://s3.example.org", name, redacted(address))
		}
	}
	return nil
}

// openObjects opens the store of files; nil when there is none. A folder is served by this server, and its URLs are signed with the keys of
// the tokens.
func (s *Server) openObjects(ctx context.Context, keys []auth.TokenKey) (blob.Objects, error) {
	if at := s.cfg.Storage.S3; at != (S3{}) {
		region := at.Region
		setDefault(&region, s.cfg.Region)
		cfg, err := awsConfig(ctx, region, at.AccessKeyID, at.SecretAccessKey)
		if err != nil {
			return nil, fmt.Errorf("storage.s3: %w", err)
		}
		return blob.NewS3(blob.S3Options{
			Config: cfg, Endpoint: at.Endpoint, PublicEndpoint: at.PublicEndpoint, PathStyle: at.PathStyle,
		}), nil
	}
	folder := s.cfg.Storage.Folder
	if file, ok := strings.CutPrefix(s.cfg.Database, "sqlite:"); ok && folder == "" {
		if folder = file + ".files"; file == ":memory:" {
			var err error
			if folder, err = os.MkdirTemp("", "parley-files-"); err != nil {
				return nil, err
			}
			s.temporary = folder
		}
	}
	if folder == "" {
		return nil, nil
	}
	disk, err := blob.OpenDisk(folder, blob.DiskOptions{Secrets: signing(keys), Now: s.clock.Now, Log: s.log})
	if err != nil {
		return nil, fmt.Errorf("open the folder of files (storage.folder): %w", err)
	}
	s.disk = disk
	return disk, nil
}

// signing are the secrets of keys.
func signing(keys []auth.TokenKey) [][]byte {
	secrets := make([][]byte, len(keys))
	for i, k := range keys {
		secrets[i] = k.Secret
	}
	return secrets
}

// closeObjects lets go of the folder of files.
func (s *Server) closeObjects() error {
	var err error
	if s.disk != nil {
		err = s.disk.Close()
	}
	if s.temporary != "" {
		err = errors.Join(err, os.RemoveAll(s.temporary))
	}
	return err
}

// awsConfig is what clients of Amazon's services start from. Without a key the SDK looks for one in the environment, its files and the
// machine.
func awsConfig(ctx context.Context, region, accessKeyID, secretAccessKey string) (aws.Config, error) {
	load := []func(*config.LoadOptions) error{config.WithRegion(region)}
	if accessKeyID != "" {
		load = append(load, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(accessKeyID, secretAccessKey, "")))
	}
	return config.LoadDefaultConfig(ctx, load...)
}

// objectTime is how long a file may take on its way: much longer than a call.
const objectTime = 15 * time.Minute

// serveObject hands a request for a file to the folder of files.
func (s *Server) serveObject(c *call) error {
	if s.disk == nil {
		return unknownRoute(blob.URLPath)
	}
	w, deadline := http.NewResponseController(c.w), time.Now().Add(objectTime)
	if err := errors.Join(w.SetReadDeadline(deadline), w.SetWriteDeadline(deadline)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	http.StripPrefix(s.cfg.BasePath, s.disk).ServeHTTP(c, c.r)
	if c.status >= http.StatusBadRequest && c.r.Method == http.MethodPut {
		c.dropBody()
	}
	return nil
}

// startAttachmentUpload makes the URL of the upload one that the caller can reach.
func (s *Server) startAttachmentUpload(
	r *http.Request, conn auth.Connection, in *participant.StartAttachmentUploadInput,
) (*participant.StartAttachmentUploadOutput, error) {
	out, err := s.center.StartAttachmentUpload(r.Context(), conn, in)
	if err == nil {
		out.UploadMetadata.Url = new(s.located(r, *out.UploadMetadata.Url))
	}
	return out, err
}

// getAttachment makes the URL of the file one that the caller can reach.
func (s *Server) getAttachment(
	r *http.Request, conn auth.Connection, in *participant.GetAttachmentInput,
) (*participant.GetAttachmentOutput, error) {
	out, err := s.center.GetAttachment(r.Context(), conn, in)
	if err == nil {
		out.Url = new(s.located(r, *out.Url))
	}
	return out, err
}

// locateAttachment does so for an operator.
func (s *Server) locateAttachment(r *http.Request, in *parley.LocateAttachmentInput) (*parley.LocateAttachmentOutput, error) {
	out, err := s.retention.LocateAttachment(r.Context(), in)
	if err == nil {
		out.Url = new(s.located(r, *out.Url))
	}
	return out, err
}

// located makes a URL absolute that is relative to this server, for the caller of r.
func (s *Server) located(r *http.Request, at string) string {
	if !strings.HasPrefix(at, "/") {
		return at
	}
	return "http" + strings.TrimPrefix(s.socketBase(r), "ws") + at
}

// locate does the same for those who are not callers, such as scanners: by the public address, or the one this server listens on.
func (s *Server) locate(at string) string {
	base := s.cfg.PublicURL
	if base == "" {
		base = "http://" + s.http.address()
	}
	if !strings.HasPrefix(at, "/") {
		return at
	}
	return base + s.cfg.BasePath + at
}

// address is where the first listener is reached from this machine.
func (l *listening) address() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.listeners) == 0 {
		return "127.0.0.1"
	}
	address := l.listeners[0].Addr().String()
	if host, port, err := net.SplitHostPort(address); err == nil && net.ParseIP(host).IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}
