package center

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"path"
	"slices"
	"strings"
	"unicode"
)

// fileType is a kind of file that participants may send.
type fileType struct {
	types []string               // what clients call it
	is    func(head []byte) bool // of the first bytes, up to headSize; nil: it is text
}

// headSize is how much of a file is looked at to tell its type. Text is looked at as a whole.
const headSize = 1 << 20

// fileTypes are the kinds of files by the ending of their names. Source: participant-wire sheet, section 7.
var fileTypes = map[string]fileType{
	".csv":  {types: []string{"text/csv"}},
	".doc":  {[]string{"application/msword"}, isCompound},
	".docx": {[]string{"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}, isPackageWith("word/")},
	".heic": {[]string{"image/heic"}, isMedia("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1")},
	".jfif": {[]string{"image/jpeg"}, begins("\xff\xd8\xff")},
	".jpeg": {[]string{"image/jpeg"}, begins("\xff\xd8\xff")},
	".jpg":  {[]string{"image/jpeg"}, begins("\xff\xd8\xff")},
	".mov":  {[]string{"video/quicktime"}, isQuickTime},
	".mp4":  {[]string{"video/mp4"}, isMedia("mp4", "iso", "avc", "M4", "m4", "dash", "MSNV", "f4v", "3g", "mmp4", "cmf")},
	".pdf":  {[]string{"application/pdf"}, isPDF},
	".png":  {[]string{"image/png"}, begins("\x89PNG\r\n\x1a\n")},
	".ppt":  {[]string{"application/vnd.ms-powerpoint"}, isCompound},
	".pptx": {[]string{"application/vnd.openxmlformats-officedocument.presentationml.presentation"}, isPackageWith("ppt/")},
	".rtf":  {[]string{"application/rtf", "text/rtf", "application/x-rtf", "text/richtext"}, begins(`{\rtf`)},
	".txt":  {types: []string{"text/plain"}},
	".wav":  {[]string{"audio/wav", "audio/x-wav", "audio/vnd.wave"}, isWave},
	".xls":  {[]string{"application/vnd.ms-excel"}, isCompound},
	".xlsx": {[]string{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}, isPackageWith("xl/")},
}

// endings lists what names may end in.
var endings = strings.Join(slices.Sorted(maps.Keys(fileTypes)), " ")

// ending is what tells the type of a file by its name.
func ending(name string) string { return strings.ToLower(path.Ext(name)) }

// fileProblem says why a file of that name and type can not be sent, "" when it can. Parameters of the type do not matter.
func fileProblem(name, contentType string) string {
	kind, known := fileTypes[ending(name)]
	given, _, err := mime.ParseMediaType(contentType)
	switch {
	case strings.ContainsFunc(name, unicode.IsControl) || strings.ContainsAny(name, `/\`):
		return "AttachmentName is not the name of a file"
	case !known:
		return "AttachmentName: files end in one of " + endings
	case err != nil || !slices.Contains(kind.types, given):
		return fmt.Sprintf("ContentType: a file that ends in %s is %s", ending(name), kind.types[0])
	}
	return ""
}

// holds reports whether what r gives is what a file's name says.
func holds(name string, r io.Reader) (bool, error) {
	is := fileTypes[ending(name)].is
	if is == nil {
		return isText(r)
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && err != io.EOF {
		return false, err
	}
	return is(head[:n]), nil
}

func begins(with string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(with)) }
}

var isPDF = begins("%PDF-")

// isCompound knows the container of the older formats of Microsoft Office.
var isCompound = begins("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

// isPackageWith knows a ZIP archive with files in a folder, as the newer formats of Microsoft Office are.
func isPackageWith(folder string) func([]byte) bool {
	const entry, nameAt = "PK\x03\x04", 30
	return func(head []byte) bool {
		if !bytes.HasPrefix(head, []byte(entry)) {
			return false
		}
		for at := 0; at >= 0 && at+nameAt <= len(head); {
			if bytes.HasPrefix(head[at+nameAt:], []byte(folder)) {
				return true
			}
			next := bytes.Index(head[at+1:], []byte(entry))
			if next < 0 {
				return false
			}
			at += 1 + next
		}
		return false
	}
}

// isMedia knows an ISO base media file of a brand that begins with one of these. Source: ISO/IEC 14496-12, file type box.
func isMedia(brands ...string) func([]byte) bool {
	return func(head []byte) bool {
		return len(head) >= 12 && string(head[4:8]) == "ftyp" &&
			slices.ContainsFunc(brands, func(b string) bool { return bytes.HasPrefix(head[8:], []byte(b)) })
	}
}

// isQuickTime knows movies with a file type and those from before there was one.
func isQuickTime(head []byte) bool {
	if len(head) < 8 {
		return false
	}
	switch string(head[4:8]) {
	case "moov", "mdat", "free", "skip", "wide", "pnot":
		return true
	}
	return isMedia("qt  ")(head)
}

func isWave(head []byte) bool {
	return len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WAVE"
}

// isText reports whether there is text and nothing else: no control characters, and no PDF. In what encoding it is can not be told, but
// UTF-16 needs its mark.
func isText(r io.Reader) (bool, error) {
	buffer := make([]byte, 32<<10)
	wide, length := false, 0
	for {
		n, err := io.ReadFull(r, buffer)
		part := buffer[:n]
		if length == 0 {
			wide = bytes.HasPrefix(part, []byte("\xff\xfe")) || bytes.HasPrefix(part, []byte("\xfe\xff"))
			if isPDF(part) { // the only other type that may have no control characters
				return false, nil
			}
		}
		length += n
		if !wide && slices.ContainsFunc(part, isBinary) {
			return false, nil
		}
		switch {
		case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
			return !wide || length%2 == 0, nil
		case err != nil:
			return false, err
		}
	}
}

// isBinary knows the bytes that are in no text. Source: WHATWG MIME sniffing standard, binary data byte.
func isBinary(b byte) bool {
	return b < 0x20 && b != '\t' && b != '\n' && b != '\f' && b != '\r' && b != 0x1b
}
