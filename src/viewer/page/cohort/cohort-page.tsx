import { useEffect } from 'preact/hooks';
import { cohort, loadCohort } from './cohort-state.ts';
import { CohortTable } from './cohort-table.tsx';
import { CohortTools } from './cohort-tools.tsx';

/** All slides of a run or a folder: to look through, sort and filter, and to open one. */
export function CohortPage() {
  useEffect(() => {
    void loadCohort();
  }, []);
  return (
    <main class="cohort">
      {cohort.value ? (
        <>
          <CohortTools />
          <CohortTable />
        </>
      ) : (
        <p class="cohort-wait quiet">Loading the list of slides …</p>
      )}
    </main>
  );
}
