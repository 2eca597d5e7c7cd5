/** Process ids of its own make this box another machine for replctl. */
export const otherMachine = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;
