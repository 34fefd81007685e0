package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// S3Options say where a store is that speaks Amazon S3.
type S3Options struct {
	// Config has the region and the keys to sign with.
	Config aws.Config

	// Endpoint is the address of a compatible store; empty is Amazon's own.
	Endpoint string

	// PublicEndpoint is the address in signed URLs, when clients find the store elsewhere than this server does; empty is Endpoint.
	PublicEndpoint string

	// PathStyle puts the bucket into the path instead of the host name.
	PathStyle bool
}

// S3 keeps files in a store that speaks Amazon S3. Buckets must be there.
type S3 struct {
	client  *s3.Client
	presign *s3.PresignClient
}

// NewS3 returns the files of a store. Nothing is asked of it yet.
func NewS3(o S3Options) *S3 {
	client := func(endpoint string) *s3.Client {
		return s3.NewFromConfig(o.Config, func(c *s3.Options) {
			c.UsePathStyle = o.PathStyle
			// Many compatible stores refuse the checksums that the SDK would add to every upload.
			c.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
			c.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
			if endpoint != "" {
				c.BaseEndpoint = &endpoint
			}
		})
	}
	public := o.PublicEndpoint
	if public == "" {
		public = o.Endpoint
	}
	return &S3{client: client(o.Endpoint), presign: s3.NewPresignClient(client(public))}
}

// Put implements Objects.
func (s *S3) Put(ctx context.Context, bucket, key, contentType string, content []byte) error {
	if err := check(bucket, key); err != nil {
		return err
	}
	_, err := s.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &bucket, Key: &key, ContentType: &contentType, Body: bytes.NewReader(content),
	})
	return err
}

// Write implements Objects. Stores want to know how much is coming, so it waits in a file of this machine meanwhile. That has no name, and
// is gone with the process however it ends; but for Windows, which deletes no file that is open.
func (s *S3) Write(ctx context.Context, bucket, key, contentType string, fill func(io.Writer) error) (err error) {
	if err := check(bucket, key); err != nil {
		return err
	}
	f, err := os.CreateTemp("", "parley-*")
	if err != nil {
		return err
	}
	named := os.Remove(f.Name()) != nil
	defer func() {
		err = errors.Join(err, f.Close())
		if named {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := fill(f); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = s.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, ContentType: &contentType, Body: f})
	return err
}

// Get implements Objects.
func (s *S3) Get(ctx context.Context, bucket, key string) (io.ReadCloser, error) {
	if err := check(bucket, key); err != nil {
		return nil, err
	}
	out, err := s.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, s3Error(bucket, key, err)
	}
	return out.Body, nil
}

// Stat implements Objects.
func (s *S3) Stat(ctx context.Context, bucket, key string) (int64, error) {
	if err := check(bucket, key); err != nil {
		return 0, err
	}
	out, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return 0, s3Error(bucket, key, err)
	}
	return aws.ToInt64(out.ContentLength), nil
}

// Move implements Objects.
func (s *S3) Move(ctx context.Context, bucket, from, to string) error {
	if err := errors.Join(check(bucket, from), check(bucket, to)); err != nil {
		return err
	}
	if _, err := s.Stat(ctx, bucket, to); !isMissing(err) {
		return err
	}
	source := (&url.URL{Path: bucket + "/" + from}).EscapedPath()
	_, err := s.client.CopyObject(ctx, &s3.CopyObjectInput{Bucket: &bucket, Key: &to, CopySource: &source})
	if err = s3Error(bucket, from, err); isMissing(err) {
		_, err := s.Stat(ctx, bucket, to) // somebody else may have been faster
		return err
	}
	if err != nil {
		return err
	}
	return s.Delete(ctx, bucket, from)
}

// Delete implements Objects.
func (s *S3) Delete(ctx context.Context, bucket, key string) error {
	if err := check(bucket, key); err != nil {
		return err
	}
	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key})
	if err = s3Error(bucket, key, err); isMissing(err) {
		return nil
	}
	return err
}

// PresignPut implements Objects. The store compares type and length with the signature.
func (s *S3) PresignPut(ctx context.Context, bucket, key, contentType string, size int64, life time.Duration) (
	string, map[string]string, error,
) {
	if err := check(bucket, key); err != nil {
		return "", nil, err
	}
	signed, err := s.presign.PresignPutObject(ctx, &s3.PutObjectInput{
		Bucket: &bucket, Key: &key, ContentType: &contentType, ContentLength: &size,
	}, s3.WithPresignExpires(life))
	if err != nil {
		return "", nil, err
	}
	headers := map[string]string{}
	for name, values := range signed.SignedHeader {
		switch http.CanonicalHeaderKey(name) {
		case "Host", "Content-Length": // every client sends these, and browsers allow no page to
		default:
			headers[http.CanonicalHeaderKey(name)] = values[0]
		}
	}
	return signed.URL, headers, nil
}

// PresignGet implements Objects.
func (s *S3) PresignGet(ctx context.Context, bucket, key, contentType, fileName string, life time.Duration) (string, error) {
	if err := check(bucket, key); err != nil {
		return "", err
	}
	signed, err := s.presign.PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: &bucket, Key: &key, ResponseContentType: &contentType,
		ResponseContentDisposition: new(disposition(fileName)), ResponseCacheControl: new("private"),
	}, s3.WithPresignExpires(life))
	if err != nil {
		return "", err
	}
	return signed.URL, nil
}

// s3Error makes fs.ErrNotExist of a store's word for a file that is not there. A bucket that is not there is another matter.
func s3Error(bucket, key string, err error) error {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		switch e.ErrorCode() {
		case "NoSuchKey", "NotFound":
			return errNoFile(bucket, key)
		}
	}
	return err
}
