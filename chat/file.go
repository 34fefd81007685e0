package chat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/openparley/parley/api/participant"
)

// uploadWithin bounds one attempt to send the bytes of a file.
const uploadWithin = 10 * time.Minute

// maxFile is the largest file of which a Reader alone is taken: that which an instance of Amazon may be raised to.
// Source: participant-wire sheet, 7.
const maxFile = 100 << 20

// Upload is a file to send.
type Upload struct {
	// Name ends in what the file is, such as .pdf: it is what others see.
	Name string
	// ContentType may be empty where Name tells.
	ContentType string
	// Body is read to its end. One that cannot Seek is held in memory, up to 100 MiB, so that it can be sent again.
	Body io.Reader
	// Progress is called as the bytes go out. An attempt that fails begins again at 0.
	Progress func(sent, total int64)
}

// contentTypes are what files of these endings are. Source: participant-wire sheet, 7.
var contentTypes = map[string]string{
	".csv": "text/csv", ".doc": "application/msword", ".heic": "image/heic", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".jfif": "image/jpeg",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".mov": "video/quicktime", ".mp4": "video/mp4",
	".pdf": "application/pdf", ".png": "image/png", ".ppt": "application/vnd.ms-powerpoint", ".rtf": "application/rtf", ".txt": "text/plain",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".wav": "audio/wav",
	".xls": "application/vnd.ms-excel", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// Attach sends a file and returns its AttachmentID. Items gives a [File] when others can see it, or when it was rejected. Where the service
// takes no such file, or no more of them, the error is that of StartAttachmentUpload.
func (s *Session) Attach(ctx context.Context, u Upload) (attachmentID string, err error) {
	body, size, err := seekable(u.Body)
	if err != nil {
		return "", err
	}
	if u.ContentType == "" {
		u.ContentType = contentTypes[strings.ToLower(path.Ext(u.Name))]
	}
	start := &participant.StartAttachmentUploadInput{
		AttachmentName: &u.Name, AttachmentSizeInBytes: &size, ContentType: &u.ContentType, ClientToken: new(newToken()),
	}
	var to *participant.StartAttachmentUploadOutput
	err = s.send(ctx, s.o.patient, func(ctx context.Context, token *string) (err error) {
		start.ConnectionToken = token
		to, err = s.api.StartAttachmentUpload(ctx, start)
		return err
	})
	if err != nil {
		return "", err
	}
	if to.UploadMetadata == nil {
		return "", errors.New("chat: the answer does not say where the file goes")
	}
	if err := s.put(ctx, text(to.UploadMetadata.Url), to.UploadMetadata.HeadersToInclude, body, size, u.Progress); err != nil {
		return "", err
	}
	complete := &participant.CompleteAttachmentUploadInput{AttachmentIds: []string{text(to.AttachmentId)}, ClientToken: new(newToken())}
	err = s.send(ctx, s.o.patient, func(ctx context.Context, token *string) error {
		complete.ConnectionToken = token
		_, err := s.api.CompleteAttachmentUpload(ctx, complete)
		return err
	})
	return text(to.AttachmentId), err
}

// seekable makes a body one that can be read again, from where it stands.
func seekable(r io.Reader) (body io.ReadSeeker, size int64, err error) {
	body, ok := r.(io.ReadSeeker)
	if !ok {
		all, err := io.ReadAll(io.LimitReader(r, maxFile+1))
		if err != nil {
			return nil, 0, err
		}
		if len(all) > maxFile {
			return nil, 0, fmt.Errorf("chat: the file has more than %d bytes", maxFile)
		}
		body = bytes.NewReader(all)
	}
	here, err := body.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, 0, err
	}
	end, err := body.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, err
	}
	return io.NewSectionReader(readerAt{body}, here, end-here), end - here, nil
}

// readerAt reads a ReadSeeker, one at a time.
type readerAt struct{ io.ReadSeeker }

func (r readerAt) ReadAt(p []byte, off int64) (int, error) {
	if _, err := r.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	return io.ReadFull(r.ReadSeeker, p)
}

// put sends the bytes until they are taken.
func (s *Session) put(ctx context.Context, url string, headers map[string]string, body io.ReadSeeker, size int64, progress func(sent, total int64)) error {
	ctx, cancel := s.within(ctx)
	defer cancel()
	began := time.Now()
	for attempt := 1; ; attempt++ {
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return err
		}
		again, err := s.putOnce(ctx, url, headers, &counting{body, 0, size, progress}, size)
		if err == nil || !again || ctx.Err() != nil {
			return err
		}
		wait := s.o.pause(attempt)
		if time.Since(began)+wait > s.o.patient {
			return err
		}
		if e := pause(ctx, wait); e != nil {
			return errors.Join(e, err)
		}
	}
}

func (s *Session) putOnce(ctx context.Context, url string, headers map[string]string, body io.Reader, size int64) (again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, uploadWithin)
	defer cancel()
	closed := make(chan struct{})
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, url, &closing{Reader: body, closed: closed})
	if err != nil {
		return false, err
	}
	defer func() { <-closed }() // a transport may read on after the answer
	req.ContentLength = size
	for k, v := range headers {
		if !strings.EqualFold(k, "Content-Length") {
			req.Header.Set(k, v)
		}
	}
	resp, err := s.o.http.Do(req)
	if err != nil {
		return true, fmt.Errorf("send the file: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 == 2 {
		return false, nil
	}
	return resp.StatusCode/100 == 5 || resp.StatusCode == http.StatusTooManyRequests, fmt.Errorf("send the file: %s", resp.Status)
}

// closing says when nobody reads any more.
type closing struct {
	io.Reader
	once   sync.Once
	closed chan struct{}
}

func (c *closing) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

// counting tells how much was read.
type counting struct {
	r           io.Reader
	sent, total int64
	progress    func(sent, total int64)
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.sent += int64(n)
	if c.progress != nil && n > 0 {
		c.progress(c.sent, c.total)
	}
	return n, err
}

// Fetch opens an attachment. The caller closes it; the context bounds the reading as well.
func (s *Session) Fetch(ctx context.Context, attachmentID string) (body io.ReadCloser, size int64, err error) {
	var from *participant.GetAttachmentOutput
	err = s.send(ctx, s.o.patient, func(ctx context.Context, token *string) (err error) {
		from, err = s.api.GetAttachment(ctx, &participant.GetAttachmentInput{AttachmentId: &attachmentID, ConnectionToken: token})
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, text(from.Url), nil)
	if err != nil {
		return nil, 0, err
	}
	resp, err := s.o.http.Do(req)
	if err != nil {
		return nil, 0, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, 0, fmt.Errorf("fetch the file: %s", resp.Status)
	}
	return resp.Body, resp.ContentLength, nil
}
