/** How many pods a plan to rebalance moves at most: it is one message, and by the time that so many have been moved, another is due. */
export const mostMoves = 1_000;
