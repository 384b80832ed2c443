/** Something is wrong with how the test uses Rewind, or with its cassette. */
export class RewindTestError extends Error {
  override readonly name: string = 'RewindTestError';
}

/** The test asked the model something that its cassette does not hold. `cause`: an error of the test's own that came of it. */
export class RewindMissError extends RewindTestError {
  override readonly name = 'RewindMissError';
}

/** The run went another way than the recorded one. */
export class RewindDivergenceError extends RewindTestError {
  override readonly name = 'RewindDivergenceError';
}
