import { SignInPage } from '../../ui/sign-in/sign-in-page.tsx';

export default SignInPage;
