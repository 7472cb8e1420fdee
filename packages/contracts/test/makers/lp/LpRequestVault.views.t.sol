// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC7540Operator} from "../../../src/interfaces/IERC7540.sol";
import {IERC7575Share} from "../../../src/interfaces/IERC7575.sol";
import {ILpClaimErrors} from "../../../src/interfaces/ILpClaimErrors.sol";
import {LpVault} from "../../../src/makers/lp/LpVault.sol";
import {LpRequestVaultTest} from "../../utils/LpRequestVaultTest.sol";
import {MakerKind} from "../../utils/MakerKind.sol";

/// @dev The ERC-7540, ERC-7575 and ERC-165 views.
abstract contract LpRequestViewsSuite is LpRequestVaultTest {
    function test_InterfaceIds() public view {
        assertEq(type(IERC7540Operator).interfaceId, bytes4(0xe3bc4e65));
        bytes4[8] memory ids =
            [bytes4(0x01ffc9a7), 0xe3bc4e65, 0xce3bbe50, 0x620ee8e4, 0x2f0a18c5, 0x8bf840e3, 0xe76cffc7, 0x01ffc9a7];
        for (uint256 i = 0; i < ids.length; ++i) {
            assertTrue(requests.supportsInterface(ids[i]), vm.toString(abi.encodePacked(ids[i])));
        }
        assertFalse(requests.supportsInterface(0xffffffff));
        assertTrue(LpVault(address(maker)).supportsInterface(0xf815c03d));
        assertTrue(LpVault(address(maker)).supportsInterface(type(IERC165).interfaceId));
        assertFalse(LpVault(address(maker)).supportsInterface(0xffffffff));
        assertEq(requests.share(), address(maker));
        assertEq(requests.asset(), address(token));
        assertEq(IERC7575Share(address(maker)).vault(address(token)), address(requests));
        assertEq(IERC7575Share(address(maker)).vault(address(maker)), address(0));
    }

    function test_Previews_Revert() public {
        bytes memory refusal = abi.encodeWithSelector(ILpClaimErrors.NoPreview.selector, address(maker));
        vm.expectRevert(refusal);
        requests.previewDeposit(0);
        vm.expectRevert(refusal);
        requests.previewMint(1);
        vm.expectRevert(refusal);
        requests.previewRedeem(1);
        vm.expectRevert(refusal);
        requests.previewWithdraw(1);
    }

    function test_Conversions_AreTheMakers() public view {
        assertEq(requests.totalAssets(), maker.totalAssets());
        assertEq(requests.convertToShares(xcd(5e18)), 5e18);
        assertEq(requests.convertToAssets(5e18), xcd(5e18));
    }

    /// @dev Views of single requests do not revert for any argument.
    function testFuzz_RequestViews_DoNotRevert(uint256 requestId, address controller) public view {
        assertEq(requests.pendingDepositRequest(requestId, controller), 0);
        assertEq(requests.claimableDepositRequest(requestId, controller), 0);
        assertEq(requests.pendingRedeemRequest(requestId, controller), 0);
        assertEq(requests.claimableRedeemRequest(requestId, controller), 0);
        assertEq(requests.claimableCancelDepositRequest(requestId, controller), 0);
        assertEq(requests.claimableCancelRedeemRequest(requestId, controller), 0);
    }
}

contract OracleMakerRequestViewsTest is LpRequestVaultTest(MakerKind.Oracle), LpRequestViewsSuite {}

contract SpotHedgeBaseMakerRequestViewsTest is LpRequestVaultTest(MakerKind.SpotHedgeBase), LpRequestViewsSuite {}

contract SpotHedgeQuoteMakerRequestViewsTest is LpRequestVaultTest(MakerKind.SpotHedgeQuote), LpRequestViewsSuite {}
