package types

// UploadMetadata is how the bytes of a file are to be sent: an HTTP PUT with these headers.
type UploadMetadata struct {
	HeadersToInclude map[string]string
	Url              *string
	// UrlExpiry is written as 2006-01-02T15:04:05.000Z.
	UrlExpiry *string
}
