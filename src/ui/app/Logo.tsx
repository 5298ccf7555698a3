/** Three wavefronts that a lens brings to a point. */
export function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <path
        d="M3 4v16M7 5.5c1.6 4 1.6 9 0 13"
        stroke="var(--port-field)"
        strokeWidth="2"
        strokeLinecap="round"
      />
      <path d="M11.5 3c3.4 5 3.4 13 0 18" stroke="var(--text)" strokeWidth="2" strokeLinecap="round" />
      <circle cx="20" cy="12" r="2.5" fill="var(--port-pupil)" />
    </svg>
  );
}
