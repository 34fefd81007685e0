package play

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/openparley/parley/api/participant"
)

// upload is the file that somebody sends.
type upload struct{ id, token, name, contentType, content string }

// newUpload reads the name, the type and the quoted content of a file.
func newUpload(rest string) (upload, error) {
	name, rest, _ := strings.Cut(rest, " ")
	contentType, rest, _ := strings.Cut(rest, " ")
	content, err := strconv.Unquote(rest)
	return upload{token: name, name: name, contentType: contentType, content: content}, err
}

// samples are files that are of their types as far as can be told from their first bytes.
var samples = map[string]struct{ contentType, content string }{
	".csv": {"text/csv", "a,b"}, ".txt": {"text/plain", "text"}, ".rtf": {"application/rtf", `{\rtf1}`}, ".pdf": {"application/pdf", "%PDF-1.7"},
	".doc": {"application/msword", compound}, ".xls": {"application/vnd.ms-excel", compound}, ".ppt": {"application/vnd.ms-powerpoint", compound},
	".docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", zipped + "word/"},
	".xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", zipped + "xl/"},
	".pptx": {"application/vnd.openxmlformats-officedocument.presentationml.presentation", zipped + "ppt/"},
	".png":  {"image/png", "\x89PNG\r\n\x1a\n"}, ".heic": {"image/heic", "\x00\x00\x00\x0cftypheic"},
	".jpg": {"image/jpeg", jpeg}, ".jpeg": {"image/jpeg", jpeg}, ".jfif": {"image/jpeg", jpeg},
	".mov": {"video/quicktime", "\x00\x00\x00\x0cftypqt  "}, ".mp4": {"video/mp4", "\x00\x00\x00\x0cftypisom"}, ".wav": {"audio/wav", "RIFF\x04\x00\x00\x00WAVE"},
}

const (
	compound = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	jpeg     = "\xff\xd8\xff"
	zipped   = "PK\x03\x04--------------------------"
)

// madeUp is a file of a name.
func (r *run) madeUp(rest string) (upload, error) {
	name, _, err := word(rest)
	if err != nil {
		return upload{}, err
	}
	s, ok := samples[strings.ToLower(path.Ext(name))]
	if !ok {
		return upload{}, fmt.Errorf("%s: nobody sends such files", name)
	}
	r.madeUps++
	return upload{token: fmt.Sprint("made-up-", r.madeUps), name: name, contentType: s.contentType, content: s.content}, nil
}

// announce says that a file is to come and returns where to; again and again for the same file.
func (r *run) announce(p *person) (*participant.StartAttachmentUploadOutput, error) {
	_, client := r.stage.Clients()
	out, err := client.StartAttachmentUpload(r.ctx, &participant.StartAttachmentUploadInput{
		ConnectionToken: &p.connectionToken, AttachmentName: &p.upload.name, ContentType: &p.upload.contentType,
		AttachmentSizeInBytes: new(int64(len(p.upload.content))), ClientToken: &p.upload.token,
	})
	if err == nil {
		p.upload.id = *out.AttachmentId
	}
	return out, err
}

// put sends the bytes of the announced file, to where the server is now.
func (r *run) put(p *person) error {
	out, err := r.announce(p)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(r.ctx, http.MethodPut, *out.UploadMetadata.Url, strings.NewReader(p.upload.content))
	if err != nil {
		return err
	}
	for name, value := range out.UploadMetadata.HeadersToInclude {
		req.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("PUT: %s", answer.Status)
	}
	return nil
}

func (r *run) complete(p *person) error {
	_, client := r.stage.Clients()
	_, err := client.CompleteAttachmentUpload(r.ctx, &participant.CompleteAttachmentUploadInput{
		ConnectionToken: &p.connectionToken, AttachmentIds: []string{p.upload.id}, ClientToken: new("complete"),
	})
	return err
}

// fetch gets the newest file that somebody saw.
func (r *run) fetch(p *person) (string, error) {
	_, client := r.stage.Clients()
	out, err := client.GetAttachment(r.ctx, &participant.GetAttachmentInput{ConnectionToken: &p.connectionToken, AttachmentId: &p.file})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(r.ctx, http.MethodGet, *out.Url, nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusOK {
		return answer.Status, err
	}
	return fmt.Sprintf("%q", b), err
}
