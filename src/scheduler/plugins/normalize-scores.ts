import { maxScore } from "../framework/plugin.js";

/** Stretches raw scores so that the greatest becomes `maxScore`; all stay 0 where it is 0. */
export function normalizeScores(scores: Float64Array): void {
  const greatest = greatestOf(scores);
  if (greatest === 0) return;
  for (let index = 0; index < scores.length; index++) scores[index] = (maxScore * (scores[index] ?? 0)) / greatest;
}

/** Stretches raw scores, of which less is better, so that 0 becomes `maxScore` and the greatest 0. */
export function normalizeReversed(scores: Float64Array): void {
  const greatest = greatestOf(scores);
  for (let index = 0; index < scores.length; index++) {
    scores[index] = greatest === 0 ? maxScore : maxScore - (maxScore * (scores[index] ?? 0)) / greatest;
  }
}

function greatestOf(scores: Float64Array): number {
  let greatest = 0;
  for (const score of scores) if (score > greatest) greatest = score;
  return greatest;
}
